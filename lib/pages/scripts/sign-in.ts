/**
 * A fragment (`/#inbox/7`) reaches no server, so what `next` says has lost it; the browser carries it over the redirect to the
 * sign-in page. This puts it back, unless `next` would then be refused as a whole: for its length or a strange character.
 */
const fragment = `(() => {
  const next = document.querySelector('input[name=next]');
  if (!next || next.value.includes('#') || !/^#[!-[\\]-~]+$/.test(location.hash)) return;
  if (next.value.length + location.hash.length <= 2048) next.value += location.hash;
})();
`;

/** Counts the time down for which somebody may not try again, by a clock that nobody can set. */
const countdown = `(() => {
  const timer = document.querySelector('[data-countdown]');
  if (!timer) return;
  const end = performance.now() + timer.dataset.countdown * 1000;
  const digits = (number) => String(number).padStart(2, '0');

  function over() {
    timer.remove();
    document.querySelector('[role="alert"]').textContent = '';
    const notice = Object.assign(document.createElement('div'), { className: 'notice good' });
    notice.append(Object.assign(document.createElement('p'), { textContent: timer.dataset.over }));
    document.querySelector('[role="status"]').append(notice);
  }

  function tick() {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) return over();
    const [hours, minutes] = [Math.floor(left / 3600), Math.floor(left / 60) % 60];
    const shown = (hours > 0 ? hours + ':' + digits(minutes) : minutes) + ':' + digits(left % 60);
    timer.querySelector('span').textContent = shown;
    timer.hidden = false;
    setTimeout(tick, 250);
  }

  tick();
})();
`;

/** The script of the sign-in page. */
export const signInScript = fragment + countdown;
