/** The media types of answers and of request bodies, as in `Content-Type`. */
export const mediaTypes = {
  json: 'application/json',
  problem: 'application/problem+json',
  form: 'application/x-www-form-urlencoded',
  html: 'text/html',
  csv: 'text/csv',
} as const;

/** The `Content-Type` of pages. */
export const htmlContentType = `${mediaTypes.html}; charset=utf-8`;
