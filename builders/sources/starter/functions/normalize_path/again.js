const EMPTY_PARTS = /\/{2,}/g;
const DOT_PARTS = /(?<=^|\/)\.\//g;
const NAME_AND_PARENT = /(?<=^|\/)(?!\.\.\/)[^/]+\/\.\.\//g;
const LEADING_PARENTS = /^(?:\.\.\/)+/;

function normalizePath(path) {
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('path must be a non-empty string');
  }

  const absolute = path.startsWith('/');
  // From here on every part is followed by exactly one slash.
  let rest = `${path}/`.replace(EMPTY_PARTS, '/').replace(/^\//, '').replace(DOT_PARTS, '');

  let before;
  do {
    before = rest;
    rest = rest.replace(NAME_AND_PARENT, '');
  } while (rest !== before);

  if (absolute) {
    rest = rest.replace(LEADING_PARENTS, '');
  }
  rest = rest.slice(0, -1);
  return absolute ? `/${rest}` : rest || '.';
}
