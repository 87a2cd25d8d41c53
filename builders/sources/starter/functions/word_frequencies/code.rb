# An apostrophe belongs to a word only between two of its other characters.
WORD = /[a-z0-9[^[:ascii:]]]+(?:'[a-z0-9[^[:ascii:]]]+)*/.freeze

def word_frequencies(text, limit)
  raise ArgumentError, 'limit must not be negative' if limit.negative?

  text.downcase(:ascii)
      .scan(WORD)
      .tally
      .sort_by { |word, count| [-count, word] }
      .first(limit)
end
