function normalizePath(path) {
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('path must be a non-empty string');
  }

  const absolute = path.startsWith('/');
  const parts = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;

    if (part !== '..') {
      parts.push(part);
    } else if (parts.length > 0 && parts[parts.length - 1] !== '..') {
      parts.pop();
    } else if (!absolute) {
      parts.push(part);
    }
  }

  const joined = parts.join('/');
  return absolute ? `/${joined}` : joined || '.';
}
