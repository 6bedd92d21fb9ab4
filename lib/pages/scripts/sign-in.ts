/**
 * A fragment (`/#inbox/7`) reaches no server, so what `next` says has lost it; the browser carries it over the redirect to the
 * sign-in page. This puts it back, unless `next` would then be refused as a whole: for its length or a strange character.
 */
export const signInScript = `(() => {
  const next = document.querySelector('input[name=next]');
  if (!next || next.value.includes('#') || !/^#[!-[\\]-~]+$/.test(location.hash)) return;
  if (next.value.length + location.hash.length <= 2048) next.value += location.hash;
})();
`;
