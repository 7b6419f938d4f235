package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// Whoever pastes the address of a record may follow its lab for that record alone;
// the choice stands when something else of it is changed.
func TestLabIsFollowedForOneRecord(t *testing.T) {
	origin, reader := start(t, "paca"), start(t, "bretagne")
	wanted, live := origin.publish(t, "La fiche voulue"), ""
	origin.publish(t, "Une autre fiche")
	admin := reader.signedIn(t, "ada", store.Admin)
	page := admin.get(t, reader.URL+"/reseau/suivre?adresse="+url.QueryEscape(wanted), "text/html")
	if !strings.Contains(page, `name="fiches" value="`+wanted+`"`) || !strings.Contains(words(page), "La fiche voulue") {
		t.Fatal("the record is not offered")
	}
	admin.send(t, "/reseau/suivre", url.Values{"acteur": {origin.Lab.IRI}, "fiches": {wanted, "nonsense"}})
	only := func(total int) func(*store.Txn) bool {
		return func(tx *store.Txn) bool {
			lab, err := tx.ActorByIRI(origin.Lab.IRI)
			if err != nil || tx.Sync(lab.ID) == nil {
				return false
			}
			_, err = tx.RecordByIRI(live)
			return tx.Sync(lab.ID).Phase == store.SyncLive && !tx.Sync(lab.ID).Checked.IsZero() && tx.ListLab(lab.ID, store.Query{}).Total == total && (live == "" || err != nil)
		}
	}
	reader.eventually(t, "that record alone is here", only(1))
	live = origin.publish(t, "Une fiche de plus")
	reader.eventually(t, "no other one follows", only(1))
	lab := "/reseau/" + strings.TrimPrefix(origin.URL, "http://") + "/paca"
	reader.says(t, admin, lab, "Nous ne gardons que : La fiche voulue")
	admin.send(t, lab+"/choix", url.Values{"fiches": {wanted}, "genres": {"experiment"}})
	live = ""
	reader.eventually(t, "all of them", only(3))
	reader.says(t, admin, lab, "Nous ne gardons que : Expérimentation, La fiche voulue")
}
