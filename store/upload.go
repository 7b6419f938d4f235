package store

import "time"

// Upload is a picture that a member sent and that stands in no record yet.
type Upload struct {
	ID      ID        `json:"id"`
	Image   Image     `json:"image"`
	Expires time.Time `json:"expires"`
}

// uploadLife is how long a picture waits for its record.
const uploadLife = 24 * time.Hour

// PutUpload keeps a picture of an actor for a day; a new one gets its ID here.
func (t *Txn) PutUpload(actor ID, u *Upload) {
	if u.ID == 0 {
		u.ID = t.NewID()
		for old := range rows[Upload](t, key(tUpload, actor)) {
			if t.isOver(old.Expires) {
				t.DeleteUpload(actor, old.ID)
			}
		}
	}
	u.Expires = stamp(t.now.Add(uploadLife))
	t.putJSON(key(tUpload, actor, u.ID), u)
}

// Upload returns a picture that waits, or ErrNotFound.
func (t *Txn) Upload(actor, id ID) (*Upload, error) {
	u := new(Upload)
	if !t.getJSON(key(tUpload, actor, id), u) || t.isOver(u.Expires) {
		return nil, ErrNotFound
	}
	return u, nil
}

// DeleteUpload forgets a picture that waits.
func (t *Txn) DeleteUpload(actor, id ID) { t.tx.Delete(key(tUpload, actor, id)) }
