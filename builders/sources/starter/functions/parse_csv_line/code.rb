require "strscan"

def parse_csv_line(line)
  scanner = StringScanner.new(line)
  fields = []
  loop do
    fields << (scanner.skip(/"/) ? scan_quoted_field(scanner) : scanner.scan(/[^",]*/))
    break unless scanner.skip(/,/)
  end
  raise ArgumentError, "misplaced quote in field #{fields.size}" unless scanner.eos?

  fields
end

def scan_quoted_field(scanner)
  raw = scanner.scan(/[^"]*(?:""[^"]*)*/)
  raise ArgumentError, "unclosed quote" unless scanner.skip(/"/)

  raw.gsub('""', '"')
end
