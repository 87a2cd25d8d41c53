require "uri"

def parse_query_string(query)
  query.split("&").reject(&:empty?).each_with_object({}) do |pair, params|
    key, value = pair.split("=", 2)
    (params[decode_component(key)] ||= []) << decode_component(value || "")
  end
end

def decode_component(text)
  # Raises ArgumentError itself when a percent sign lacks its two digits.
  decoded = URI.decode_www_form_component(text, Encoding::UTF_8)
  raise ArgumentError, "invalid UTF-8 in #{text.inspect}" unless decoded.valid_encoding?

  decoded
end
