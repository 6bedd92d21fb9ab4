/**
 * Moves the setup token from the fragment of the address into the form. A fragment is not sent to the server, and the
 * script removes it from the address bar, so the token is in no log and no history. Without scripts one pastes the token.
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
