class EventBus
  def initialize
    @handlers = Hash.new { |topics, topic| topics[topic] = {} }
    @topics = {}
    @last_token = 0
  end

  def subscribe(topic, &handler)
    raise ArgumentError, "a handler block is required" unless handler

    token = @last_token += 1
    @handlers[topic][token] = handler
    @topics[token] = topic
    token
  end

  def unsubscribe(token)
    topic = @topics.delete(token)
    return false if topic.nil?

    @handlers[topic].delete(token)
    @handlers.delete(topic) if @handlers[topic].empty?
    true
  end

  def publish(topic, payload = nil)
    return 0 unless @handlers.key?(topic)

    @handlers[topic].to_a.count do |token, handler|
      next false unless @topics.key?(token)

      handler.call(payload)
      true
    end
  end
end
