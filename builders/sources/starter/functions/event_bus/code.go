import "errors"

var ErrNilHandler = errors.New("eventbus: nil handler")

// The zero EventBus is ready to use.
type EventBus[T any] struct {
	subs      []*subscription[T]
	lastToken int
}

type subscription[T any] struct {
	token   int
	topic   string
	handler func(T)
	active  bool
}

func (b *EventBus[T]) Subscribe(topic string, handler func(T)) (int, error) {
	if handler == nil {
		return 0, ErrNilHandler
	}
	b.lastToken++
	b.subs = append(b.subs, &subscription[T]{b.lastToken, topic, handler, true})
	return b.lastToken, nil
}

func (b *EventBus[T]) Unsubscribe(token int) bool {
	for i, sub := range b.subs {
		if sub.token == token {
			sub.active = false
			// Copies, since a publish may be ranging over the old slice.
			b.subs = append(b.subs[:i:i], b.subs[i+1:]...)
			return true
		}
	}
	return false
}

func (b *EventBus[T]) Publish(topic string, payload T) int {
	called := 0
	for _, sub := range b.subs {
		if sub.active && sub.topic == topic {
			sub.handler(payload)
			called++
		}
	}
	return called
}
