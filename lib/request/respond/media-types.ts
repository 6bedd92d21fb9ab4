/** The media types of our answers and of the bodies that we read, as they stand in `Content-Type`. */
export const mediaTypes = {
  json: 'application/json',
  problem: 'application/problem+json',
  form: 'application/x-www-form-urlencoded',
  html: 'text/html',
} as const;

/** `Content-Type` of a page: HTML in UTF-8. */
export const htmlContentType = `${mediaTypes.html}; charset=utf-8`;
