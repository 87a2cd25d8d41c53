import (
	"errors"
	"math"
)

const unitsPerToken = 1000

type TokenBucket struct {
	capacity, rate, level int64 // in thousandths of a token; rate is per millisecond
	latestMillis          int64
}

func NewTokenBucket(capacity, refillPerSecond int) (*TokenBucket, error) {
	if capacity < 1 || refillPerSecond < 1 {
		return nil, errors.New("token bucket: capacity and refill rate must be at least 1")
	}
	if int64(capacity) > math.MaxInt64/unitsPerToken {
		return nil, errors.New("token bucket: capacity too large")
	}
	full := int64(capacity) * unitsPerToken
	return &TokenBucket{capacity: full, rate: int64(refillPerSecond), level: full}, nil
}

func (b *TokenBucket) Allow(nowMillis int64, cost int) (bool, error) {
	if cost < 1 {
		return false, errors.New("token bucket: cost must be at least 1")
	}
	b.refill(nowMillis)
	if int64(cost) > b.level/unitsPerToken {
		return false, nil
	}
	b.level -= int64(cost) * unitsPerToken
	return true, nil
}

func (b *TokenBucket) refill(nowMillis int64) {
	now := nowMillis
	if now < b.latestMillis {
		now = b.latestMillis
	}
	elapsed := now - b.latestMillis
	// Comparing by division keeps a very long pause from overflowing the product.
	if elapsed > (b.capacity-b.level)/b.rate {
		b.level = b.capacity
	} else {
		b.level += elapsed * b.rate
	}
	b.latestMillis = now
}
