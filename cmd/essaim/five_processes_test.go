package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Five nodes as five processes: what one publishes, edits, narrows and deletes
// comes about at all others, also at one that was stopped meanwhile.
func TestFiveProcessesConverge(t *testing.T) {
	t.Parallel()
	labs := startLabs(t, "estran", "calanques", "estuaire", "plateau", "piton")
	origin, others := labs[0], labs[1:]
	origin.publish(experimentDraft("essai-1"))
	everyFollow(t, labs)
	everywhere(t, others, "what was published before the follow", shows("essai-1"))

	subject := origin.publish(experimentDraft("essai-2"))
	everywhere(t, others, "created", shows("essai-2"))
	mirror := others[1].pageOf("essai-2")

	away := others[0]
	away.stop()
	origin.publish(object{"type": "Update", "object": object{
		"id": subject, "type": "Article", "name": "essai-3", "essaim:stage": "test-usagers",
	}})
	everywhere(t, others[1:], "edited", shows("essai-3"))
	second := origin.publish(experimentDraft("essai-4"))
	everywhere(t, others[1:], "created", shows("essai-4"))
	away.start()
	everywhere(t, others, "edited, after a restart", shows("essai-3"))
	everywhere(t, others, "created while one was stopped", shows("essai-4"))
	everywhere(t, others, "the title before the edit", lacks("essai-2"))

	origin.publish(object{"type": "Update", "object": object{"id": subject, "type": "Article", "essaim:audience": "team"}})
	everywhere(t, others, "narrowed", lacks("essai-3"))
	others[1].get(mirror, "", http.StatusNotFound)
	origin.get(origin.path(subject), activityJSON, http.StatusNotFound)

	origin.publish(object{"type": "Delete", "object": second})
	everywhere(t, others, "deleted", lacks("essai-4"))
	origin.get(origin.path(second), activityJSON, http.StatusGone)

	for i, l := range labs {
		l.publish(experimentDraft(fmt.Sprint("essai-1", i)))
	}
	for _, l := range labs {
		l.delivered()
	}
	want := origin.listed("/experimentations")
	for _, l := range labs {
		wantSame(t, "experiments at "+l.handle, l.listed("/experimentations"), want)
		l.stop()
	}
}

// startLabs creates nodes and starts them.
func startLabs(t *testing.T, handles ...string) []*labProcess {
	t.Helper()
	labs := make([]*labProcess, len(handles))
	for i, handle := range handles {
		labs[i] = newLab(t, handle)
		labs[i].start()
	}
	return labs
}

// everyFollow has each lab follow all others, all at once.
func everyFollow(t *testing.T, labs []*labProcess) {
	t.Helper()
	var all sync.WaitGroup
	for _, l := range labs {
		for _, other := range labs {
			if other == l {
				continue
			}
			all.Go(func() {
				if out, said, err := l.try("follow", "--wait", other.address()); err != nil {
					t.Errorf("%s follows %s: %v\n%s%s", l.handle, other.handle, err, out, said)
				}
			})
		}
	}
	all.Wait()
}

// everywhere waits until something is so at all of the labs.
func everywhere(t *testing.T, labs []*labProcess, what string, so func(*labProcess) bool) {
	t.Helper()
	for _, l := range labs {
		eventually(t, what+" at "+l.handle, 20*time.Millisecond, func() bool { return so(l) })
	}
}

// shows says whether the list of experiments leads to the page of one with this
// title.
func shows(title string) func(*labProcess) bool {
	return func(l *labProcess) bool {
		page := l.pageOf(title)
		return page != "" && strings.Contains(l.get(page, "", http.StatusOK), title)
	}
}

func lacks(title string) func(*labProcess) bool {
	return func(l *labProcess) bool { return l.pageOf(title) == "" }
}

// pageOf is the address of the page of a new experiment; empty when it is not
// listed.
func (l *labProcess) pageOf(title string) string {
	l.t.Helper()
	link := regexp.MustCompile(`<a href="([^"]+)">` + title + `</a>`)
	if found := link.FindStringSubmatch(l.get("/experimentations", "", http.StatusOK)); found != nil {
		return found[1]
	}
	return ""
}
