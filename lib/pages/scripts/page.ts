/**
 * The script of all pages. It shows times in the reader's zone, and takes them in it, copies secrets, shows and hides passwords, and
 * sends forms and follows links that have `data-inline` without a full reload: the answer's `main` takes the place of the page's, and
 * the focus goes to what the answer is about. Every page works without it.
 */
export const pageScript = `(() => {
  const language = document.documentElement.lang;
  const whole = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
  const formats = { whole, hour, day };
  const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });

  function showTimes() {
    for (const one of document.querySelectorAll('time[datetime]')) {
      const at = new Date(one.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      one.textContent = (formats[one.dataset.format] ?? whole).format(at);
      one.title = exact.format(at);
    }
    // The first line of what a bar of a chart says when the pointer is on it.
    for (const one of document.querySelectorAll('title[data-time]'))
      one.textContent = one.textContent.replace(/^.*/, whole.format(new Date(one.dataset.time)));
  }

  function showZone() {
    const { timeZone } = whole.resolvedOptions();
    if (!timeZone) return;
    for (const one of document.querySelectorAll('[data-zone]')) one.value = timeZone;
    for (const one of document.querySelectorAll('[data-zone-name]')) one.textContent = timeZone;
    for (const one of document.querySelectorAll('[data-at]')) {
      const at = new Date(one.dataset.at);
      one.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, -1).replace(/(:00)?\\.000$/, '');
    }
  }

  function dress() {
    showTimes();
    showZone();
    for (const one of document.querySelectorAll('[data-copy], [data-reveal], [data-all]')) one.hidden = false;
    document.dispatchEvent(new Event('page'));
  }

  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select?.();
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent);
    } catch {
      document.execCommand('copy');
    }
    button.textContent = button.dataset.copied;
  }

  function reveal(button) {
    const fields = button.dataset.reveal.split(' ').map((id) => document.getElementById(id));
    const isHidden = fields[0].type === 'password';
    for (const field of fields) field.type = isHidden ? 'text' : 'password';
    [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
  }

  function hidePasswords() {
    for (const one of document.querySelectorAll('[data-reveal]')) {
      if (document.getElementById(one.dataset.reveal.split(' ')[0]).type === 'text') reveal(one);
    }
  }

  function tickAll(all) {
    for (const one of all.closest('table').querySelectorAll('input[type="checkbox"]')) one.checked = all.checked;
  }

  function focusTargetIn(main) {
    const [field, said] = ['[autofocus], [aria-invalid="true"]', '[role="alert"] .notice, [role="status"] .notice'];
    return main.querySelector(field) ?? main.querySelector(said) ?? main.querySelector('h1') ?? main;
  }

  function focusOn(target) {
    if (!target.matches('input, select, textarea, button, a')) target.tabIndex = -1;
    target.focus();
  }

  async function problemOf(answer) {
    try {
      const { title, detail } = await answer.json();
      return detail ?? title;
    } catch {
      return String(answer.status);
    }
  }

  function tell(text) {
    const place = document.getElementById('problem') ?? document.querySelector('main');
    const notice = document.createElement('div');
    notice.className = 'notice bad';
    notice.append(Object.assign(document.createElement('p'), { textContent: text }));
    place.prepend(notice);
    notice.tabIndex = -1;
    notice.focus();
  }

  async function take(answer, keepsHistory) {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const [now, next] = [document.querySelector('.columns'), page.querySelector('.columns')];
    if (!now || !next) return location.assign(answer.url);
    const target = focusTargetIn(next.querySelector('main'));
    // Chromium warns of an autofocus that is added to a page where something has the focus.
    for (const one of next.querySelectorAll('[autofocus]')) one.autofocus = false;
    now.replaceWith(next);
    document.title = page.title;
    if (!keepsHistory && answer.url !== location.href) history.pushState(null, '', answer.url);
    dress();
    focusOn(target);
  }

  async function go(url, options, keepsHistory) {
    const main = document.querySelector('main');
    main.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(url, { ...options, headers: { Accept: 'text/html' } });
      const isPage = answer.headers.get('content-type')?.startsWith('text/html');
      const isOwnAddress = !options.method || answer.redirected;
      if (isPage) return await take(answer, keepsHistory || !isOwnAddress);
      if (!options.method) return location.assign(url);
      tell(await problemOf(answer));
    } catch {
      if (!options.method) return location.assign(url);
      tell('');
    } finally {
      main.removeAttribute('aria-busy');
    }
  }

  function send(event) {
    const form = event.target.closest('form[data-inline]');
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const action = event.submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.href;
    if (form.method === 'post') return go(action, { method: 'POST', body });
    for (const [name, value] of [...body]) if (value === '') body.delete(name);
    go(action.split('?')[0] + '?' + body, {});
  }

  function follow(event) {
    const button = event.target.closest('[data-copy], [data-reveal]');
    if (button) return button.dataset.copy ? copy(button) : reveal(button);
    const link = event.target.closest('a[data-inline]');
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.href, {});
  }

  document.addEventListener('submit', hidePasswords, true);
  document.addEventListener('submit', send);
  document.addEventListener('click', follow);
  document.addEventListener('change', ({ target }) => target.matches('[data-all]') && tickAll(target));
  addEventListener('popstate', () => go(location.href, {}, true));
  dress();
})();
`;
