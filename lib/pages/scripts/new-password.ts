/**
 * For pages on which a password is chosen. It shows how strong the password is, by zxcvbn, whose files it loads when somebody goes to
 * the field; asks the server, when the field is left, whether the password would be refused; and compares the two fields. The server
 * checks all of it again when the form is sent.
 */
export const newPasswordScript = `(() => {
  let estimator;

  const load = (address) =>
    new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement('script'), { src: address, onload: resolve, onerror: reject });
      document.head.append(element);
    });

  function prepare(field) {
    estimator ??= Promise.all(field.dataset.scripts.split(' ').map(load)).then(() => {
      const { core, 'language-common': lists } = globalThis.zxcvbnts;
      return new core.ZxcvbnFactory({ dictionary: lists.dictionary, graphs: lists.adjacencyGraphs });
    });
    estimator.catch(() => (estimator = undefined));
    return estimator;
  }

  /** What else is typed into the form: a password that is made of it is weak. */
  const besides = ({ form }) =>
    [...form.elements]
      .filter(({ type, autocomplete }) => (type === 'text' || type === 'email') && autocomplete !== 'new-password')
      .flatMap(({ value }) => value.split(/[@.]/))
      .filter(Boolean);

  async function estimate(field) {
    const place = document.getElementById(field.id + '-strength');
    place.hidden = field.value === '' || field.getAttribute('aria-invalid') === 'true';
    if (place.hidden) return;
    const { score } = (await prepare(field)).check(field.value.slice(0, 100), besides(field));
    const isShort = [...field.value].length < field.minLength;
    place.querySelector('meter').value = isShort ? 0 : Math.max(score, 0.25);
    const level = isShort ? place.dataset.short : place.dataset.levels.split('|')[score];
    const text = place.querySelector('[role="status"]');
    if (text.textContent !== level) text.textContent = level;
  }

  const hints = new WeakMap();

  /** Shows a problem at a field; an empty one is none, and shows the hint again. */
  function mark(field, problem) {
    const hint = document.getElementById(field.id + '-hint');
    if (!hints.has(hint)) hints.set(hint, hint.classList.contains('bad') ? '' : hint.textContent);
    hint.textContent = problem || hints.get(hint);
    hint.classList.toggle('bad', problem !== '');
    if (problem === '') field.removeAttribute('aria-invalid');
    else field.setAttribute('aria-invalid', 'true');
    const strength = document.getElementById(field.id + '-strength');
    if (strength && problem !== '') strength.hidden = true;
  }

  async function check(field) {
    const typed = field.value;
    if (typed === '') return mark(field, '');
    const body = new URLSearchParams({ password: typed });
    for (const name of ['username', 'email']) body.set(name, field.form.elements[name]?.value ?? '');
    try {
      const answer = await fetch(field.dataset.check, { method: 'POST', body });
      const { problem } = await answer.json();
      if (answer.ok && field.value === typed) mark(field, problem ?? '');
    } catch {
      // The server says it when the form is sent.
    }
  }

  function compare(first) {
    const again = document.getElementById(first.dataset.newPassword);
    const isDifferent = again.value !== '' && again.value !== first.value;
    mark(again, isDifferent ? again.dataset.different : '');
  }

  const firstOf = (field) => document.querySelector('[data-new-password="' + field.id + '"]');

  let waiting;
  function typing({ target }) {
    if (target.dataset.newPassword) {
      mark(target, '');
      clearTimeout(waiting);
      waiting = setTimeout(() => estimate(target).catch(() => {}), 120);
    }
    if (target.dataset.different && target.getAttribute('aria-invalid') === 'true') compare(firstOf(target));
  }

  function left({ target }) {
    if (target.dataset.newPassword) {
      check(target);
      if (document.getElementById(target.dataset.newPassword).value !== '') compare(target);
    }
    if (target.dataset.different) compare(firstOf(target));
  }

  document.addEventListener('focusin', ({ target }) => target.dataset.newPassword && prepare(target).catch(() => {}));
  document.addEventListener('input', typing);
  document.addEventListener('change', left);
})();
`;
