package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var formStamp = regexp.MustCompile(`name="stamp" value="([^"]+)"`)

// contribute fills the open form as somebody without an account, as soon as it is
// taken, and returns the page of the edit link.
func (l *labProcess) contribute(title string) (link string) {
	l.t.Helper()
	const form = "/contribuer/besoins"
	stamp := formStamp.FindStringSubmatch(l.get(form, "", http.StatusOK))
	if stamp == nil {
		l.t.Fatal("the form has no stamp")
	}
	answers := url.Values{"title": {title}, "pitch": {"Deux jours par mois."}, "means": {"facilitation"}, "stamp": {stamp[1]}}
	eventually(l.t, "the contribution is taken", 100*time.Millisecond, func() bool {
		res, err := l.client.PostForm(l.url(form), answers)
		if err != nil {
			l.t.Fatal(err)
		}
		res.Body.Close()
		link = res.Header.Get("Location")
		return res.StatusCode == http.StatusSeeOther
	})
	return link
}

// What was taken without an account reaches the network when its time has come,
// although the node was killed meanwhile.
func TestKilledBetweenContributionAndNetworkLosesNothing(t *testing.T) {
	t.Parallel()
	lab, follower := newLab(t, "estran", "ESSAIM_OPEN_FORM_FEDERATE_AFTER=2s"), newLab(t, "calanques")
	lab.start()
	follower.start()
	follower.follow(lab)
	link := lab.contribute("Un animateur après l'orage")
	lab.kill()
	lab.start()
	if page := lab.get(link, "", http.StatusOK); !strings.Contains(page, "Un animateur après l") {
		t.Errorf("the edit link shows %s", page)
	}
	eventually(t, "it is known to the follower", 50*time.Millisecond, func() bool {
		return strings.Contains(follower.get("/besoins", "", http.StatusOK), "Un animateur après l")
	})
	lab.delivered()
	lab.stop()
	follower.stop()
}
