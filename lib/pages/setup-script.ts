/**
 * Takes the setup token out of the address into the form: a fragment reaches no server and no log. It leaves the address bar
 * too, so that it is in no history. Without scripts the token is pasted.
 */
export const setupScript = `(() => {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  const field = document.getElementById('token');
  if (!token || !field) return;
  field.value = token;
  history.replaceState(null, '', location.pathname);
  document.getElementById('username').focus();
})();
`;
