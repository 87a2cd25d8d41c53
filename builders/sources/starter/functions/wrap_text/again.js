function wrapText(text, width) {
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError(`width must be a positive integer, got ${width}`);
  }

  // A full-width piece never fits behind anything, so cutting before filling
  // still starts every long word on a new line.
  const pieces = text.match(new RegExp(`\\S{1,${width}}`, 'g')) ?? [];
  return pieces.reduce((lines, piece) => {
    const joined = lines.length > 0 ? `${lines.at(-1)} ${piece}` : null;
    if (joined !== null && joined.length <= width) {
      lines[lines.length - 1] = joined;
    } else {
      lines.push(piece);
    }
    return lines;
  }, []);
}
