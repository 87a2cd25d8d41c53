def normalize_path(path)
  raise ArgumentError, "path is empty" if path.empty?

  absolute = path.start_with?("/")
  parts = path.split("/").each_with_object([]) do |part, kept|
    case part
    when "", "."
      next
    when ".."
      if kept.any? && kept.last != ".."
        kept.pop
      elsif !absolute
        kept.push(part)
      end
    else
      kept.push(part)
    end
  end

  return "/#{parts.join('/')}" if absolute

  parts.empty? ? "." : parts.join("/")
end
