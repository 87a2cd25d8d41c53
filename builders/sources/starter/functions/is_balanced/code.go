func IsBalanced(text string) bool {
	var expected []rune
	inString, escaped := false, false

	for _, r := range text {
		if inString {
			if r == '"' && !escaped {
				inString = false
			}
			escaped = r == '\\' && !escaped
			continue
		}
		switch r {
		case '"':
			inString = true
		case '(':
			expected = append(expected, ')')
		case '[':
			expected = append(expected, ']')
		case '{':
			expected = append(expected, '}')
		case ')', ']', '}':
			last := len(expected) - 1
			if last < 0 || expected[last] != r {
				return false
			}
			expected = expected[:last]
		}
	}
	return len(expected) == 0 && !inString
}
