const TOKEN = /"(?:[^"\\]|\\[^])*"|["()[\]{}]/g;

// A frame is the bracket still to be closed and the frame around it.
function step(frame, [token]) {
  switch (token) {
    case "(": return { closer: ")", outer: frame };
    case "[": return { closer: "]", outer: frame };
    case "{": return { closer: "}", outer: frame };
    case '"': return null; // only an unclosed string leaves a lone quote
    case ")":
    case "]":
    case "}": return token === frame.closer ? frame.outer : null;
    default: return frame;
  }
}

function isBalanced(text) {
  const top = { closer: null, outer: null };
  let frame = top;
  for (const match of text.matchAll(TOKEN)) {
    frame = step(frame, match);
    if (frame === null) return false;
  }
  return frame === top;
}
