package store

import (
	"encoding/binary"
	"time"
)

// ExchangeDays is for how many days it is counted what a host says.
const ExchangeDays = 90

// Exchanges is what a host said in the last ExchangeDays: how many activities, and
// the day of the last one; zero: it was silent.
type Exchanges struct {
	Count int
	Last  time.Time
}

const dayLength = 24 * time.Hour

func exchangeKey(host string, at time.Time) []byte {
	day := binary.BigEndian.AppendUint32(nil, uint32(at.Unix()/int64(dayLength/time.Second)))
	return key(tExchange, host, byte(0), day)
}

// CountExchange notes that a host, this one or another, said something: one row for
// a host and a day.
func (t *Txn) CountExchange(host string) {
	t.count(exchangeKey(host, t.now), 1)
}

// ExchangesWith sums up what a host said. What another node says to us is counted
// under its host, what this node says to all of its followers under its own.
func (t *Txn) ExchangesWith(host string) (e Exchanges) {
	prefix := key(tExchange, host, byte(0))
	for k, v := range t.scanRange(prefix, exchangeKey(host, t.now.Add(-ExchangeDays*dayLength)), prefixEnd(prefix), false) {
		e.Count += int(binary.BigEndian.Uint64(v))
		e.Last = time.Unix(int64(binary.BigEndian.Uint32(k))*int64(dayLength/time.Second), 0).UTC()
	}
	return e
}

// ExchangedDaily returns how many activities a host said on each of the last days, today's
// at the end.
func (t *Txn) ExchangedDaily(host string, days int) []int {
	said := make([]int, days)
	first := t.now.Add(-time.Duration(days-1) * dayLength)
	for i := range said {
		said[i] = t.counted(exchangeKey(host, first.Add(time.Duration(i)*dayLength)))
	}
	return said
}

// TrimExchanges removes the days that are not counted any more, at most limit, and
// says how many.
func (t *Txn) TrimExchanges(limit int) int {
	oldest := uint32(t.now.Add(-ExchangeDays*dayLength).Unix() / int64(dayLength/time.Second))
	n := 0
	for k := range t.scan([]byte(tExchange), false) {
		if binary.BigEndian.Uint32(k[len(k)-4:]) >= oldest {
			continue
		}
		t.tx.Delete(key(tExchange, k))
		if n++; n == limit {
			break
		}
	}
	return n
}
