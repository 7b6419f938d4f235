package sheet

import (
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// What is read of an event that comes again (RFC 5545 §3.8.5).
const (
	seriesPast  = -365 * 24 * time.Hour // how far back
	seriesAhead = 365 * 24 * time.Hour  // and how far ahead
	seriesMax   = 200                   // times of one event
	rulesMax    = 200                   // of one calendar: a rule may take a while to find nothing
)

// occurrence is one time that an event takes place. The times are as the clocks of
// the zone show them.
type occurrence struct {
	uid, start, end, zone string
	series                string // the name that its times share; empty: there is one
}

// series knows which times of its events a calendar gives a life of their own.
type series struct {
	at     time.Time
	rules  int
	moved  map[string]map[string]bool // by UID: the times that have an entry of their own
	titles map[string]string          // by UID: the series that such an entry belongs to
}

func newSeries(events []*ics.VEvent, at time.Time) *series {
	s := &series{at: at, moved: map[string]map[string]bool{}, titles: map[string]string{}}
	for _, e := range events {
		uid := icsValue(e, ics.ComponentPropertyUniqueId)
		if comesAgain(e) {
			s.titles[uid] = withoutMarkup(icsValue(e, ics.ComponentPropertySummary))
		}
		if id := e.GetProperty(ics.ComponentPropertyRecurrenceId); id != nil {
			if s.moved[uid] == nil {
				s.moved[uid] = map[string]bool{}
			}
			_, zone := icsTime(e.GetProperty(ics.ComponentPropertyDtStart), "")
			clock, _ := icsTime(id, zone)
			s.moved[uid][clock] = true
		}
	}
	return s
}

// occurrences are the times of an event. One whose rule cannot be read, or has no
// time that is near, takes place once.
func (s *series) occurrences(e *ics.VEvent) []occurrence {
	start, zone := icsTime(e.GetProperty(ics.ComponentPropertyDtStart), "")
	end, _ := icsTime(e.GetProperty(ics.ComponentPropertyDtEnd), zone)
	once := occurrence{uid: icsValue(e, ics.ComponentPropertyUniqueId), start: start, end: end, zone: zone}
	if id := e.GetProperty(ics.ComponentPropertyRecurrenceId); id != nil {
		clock, _ := icsTime(id, zone)
		once.series, once.uid = s.titles[once.uid], timeOf(once.uid, clock)
		return []occurrence{once}
	}
	if !comesAgain(e) || s.rules == rulesMax {
		return []occurrence{once}
	}
	s.rules++
	if all := s.times(e, once); len(all) > 0 {
		return all
	}
	return []occurrence{once}
}

// times are the near times of an event that comes again, without those that were
// moved.
func (s *series) times(e *ics.VEvent, once occurrence) (all []occurrence) {
	first, err := time.Parse(ourClock, once.start)
	if err != nil {
		return nil
	}
	last, err := time.Parse(ourClock, once.end)
	for _, at := range expand(e, first, once.zone, s.at.Add(seriesPast), s.at.Add(seriesAhead)) {
		clock := at.Format(ourClock)
		if s.moved[once.uid][clock] {
			continue
		}
		o := occurrence{uid: timeOf(once.uid, clock), start: clock, zone: once.zone, series: s.titles[once.uid]}
		if err == nil {
			o.end = at.Add(last.Sub(first)).Format(ourClock)
		}
		if all = append(all, o); len(all) == seriesMax {
			break
		}
	}
	return all
}

// timeOf names one time of a series.
func timeOf(uid, clock string) string {
	if uid == "" {
		return ""
	}
	return uid + "/" + clock
}

func comesAgain(e *ics.VEvent) bool {
	return e.GetProperty(ics.ComponentPropertyRrule) != nil || e.GetProperty(ics.ComponentPropertyRdate) != nil
}

// expand leaves the rules to a library: they have many forms that people know from
// their calendars ("the last Friday but one"). It reckons with the clocks of the event's zone as if they were those of UTC:
// a meeting at ten stays at ten when the summer comes. What comes more often than
// daily is no series of events. The library may panic on a rule that nobody writes;
// that is none that can be read.
func expand(e *ics.VEvent, first time.Time, zone string, from, to time.Time) (times []time.Time) {
	defer func() {
		if recover() != nil {
			times = nil
		}
	}()
	var set rrule.Set
	set.DTStart(first)
	for _, p := range e.GetProperties(ics.ComponentPropertyRrule) {
		o, err := rrule.StrToROption(p.Value)
		if err != nil || o.Freq > rrule.DAILY {
			return nil
		}
		o.Dtstart = first
		r, err := rrule.NewRRule(*o)
		if err != nil {
			return nil
		}
		set.RRule(r)
	}
	each(e, ics.ComponentPropertyRdate, zone, set.RDate)
	each(e, ics.ComponentPropertyExdate, zone, set.ExDate)
	if e.GetProperty(ics.ComponentPropertyRrule) == nil {
		set.RDate(first) // a list of times adds to the first
	}
	next := set.Iterator()
	for at, ok := next(); ok && !at.After(to); at, ok = next() {
		if !at.Before(from) {
			times = append(times, at)
		}
	}
	return slices.CompactFunc(times, time.Time.Equal)
}

// each reads a list of times.
func each(e *ics.VEvent, property ics.ComponentProperty, zone string, do func(time.Time)) {
	for _, p := range e.GetProperties(property) {
		for value := range strings.SplitSeq(p.Value, ",") {
			one := *p
			one.Value = value
			clock, _ := icsTime(&one, zone)
			if at, err := time.Parse(ourClock, clock); err == nil {
				do(at)
			}
		}
	}
}

func icsValue(e *ics.VEvent, property ics.ComponentProperty) string {
	if p := e.GetProperty(property); p != nil {
		return p.Value
	}
	return ""
}
