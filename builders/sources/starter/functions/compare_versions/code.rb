def compare_versions(left, right)
  version_key(left) <=> version_key(right)
end

def version_key(version)
  rest, build = version.split("+", 2)
  core, suffix = rest.to_s.split("-", 2)
  numbers = core.to_s.split(".", -1)
  prerelease = suffix ? dotted(suffix) : []
  metadata = build ? dotted(build) : []

  valid = numbers.size == 3 &&
          numbers.all?(/\A[0-9]+\z/) &&
          (prerelease + metadata).all?(/\A[0-9A-Za-z-]+\z/) &&
          (numbers + prerelease).none?(/\A0[0-9]+\z/)
  raise ArgumentError, "malformed version: #{version.inspect}" unless valid

  identifiers = prerelease.map { |part| part.match?(/\A[0-9]+\z/) ? [0, part.to_i] : [1, part] }
  [numbers.map(&:to_i), prerelease.empty? ? 1 : 0, identifiers]
end

# "".split gives no part at all, but an empty list is one empty identifier here.
def dotted(text)
  text.empty? ? [""] : text.split(".", -1)
end
