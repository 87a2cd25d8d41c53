$stdout.sync = true

class Script
  attr_reader :log

  def initialize
    @bus = EventBus.new
    @log = []
    @labels = @payloads = 0
  end

  def step(text)
    case text[0]
    when "+"
      label = @labels += 1
      @bus.subscribe(text[1]) do |payload|
        @log << "#{label}:#{payload}"
        step(text[2..]) if text.size > 2
      end
    when "-" then @log << (@bus.unsubscribe(text[1..].to_i) ? "ok" : "no")
    when "!" then @log.push("=#{@bus.publish(text[1], @payloads += 1)}")
    else @bus.subscribe(text[1])
    end
  end
end

STDIN.each_line(chomp: true) do |line|
  script = Script.new
  line.split.each { |text| script.step(text) }
  puts script.log.join(" ")
rescue ArgumentError
  puts "error"
end
