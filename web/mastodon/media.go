package mastodon

import (
	"errors"
	"mime/multipart"
	"net/http"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
)

const maxAlt = 1500 // characters

// upload is POST /api/v1 and v2/media.
func upload(c *call) (any, error) {
	file, header, err := c.r.FormFile("file")
	if err != nil || header.Size == 0 {
		return nil, errors.Join(invalid("File can't be blank"), closeFile(file))
	}
	img, err := c.Images.Put(c.r.Context(), file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	img.URL, img.Alt = c.absolute(img.URL), c.str("description")
	if err := checkAlt(img.Alt); err != nil {
		return nil, err
	}
	u := &store.Upload{Image: *img}
	err = c.keep(func(tx *store.Txn) error {
		u.ID = 0
		tx.PutUpload(c.actor.ID, u)
		return nil
	})
	return c.attachment(u.ID, "image", &u.Image), err
}

func closeFile(file multipart.File) error {
	if file == nil {
		return nil
	}
	return file.Close()
}

func checkAlt(alt string) error {
	if utf8.RuneCountInString(alt) > maxAlt {
		return invalid("Description is too long")
	}
	return nil
}

// media is GET and PUT /api/v1/media/:id, before the picture stands in a status.
func media(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	alt := c.str("description")
	if err := checkAlt(alt); err != nil {
		return nil, err
	}
	var u *store.Upload
	change := func(tx *store.Txn) error {
		if u, err = tx.Upload(c.actor.ID, id); err != nil {
			return err
		}
		if c.r.Method == http.MethodPut && c.has("description") {
			u.Image.Alt = alt
			tx.PutUpload(c.actor.ID, u)
		}
		return nil
	}
	do := c.view
	if c.r.Method == http.MethodPut {
		do = c.keep
	}
	if err := do(change); err != nil {
		return nil, err
	}
	return c.attachment(u.ID, "image", &u.Image), nil
}

// deleteMedia is DELETE /api/v1/media/:id.
func deleteMedia(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return empty{}, c.keep(func(tx *store.Txn) error {
		if _, err := tx.Upload(c.actor.ID, id); err != nil {
			return err
		}
		tx.DeleteUpload(c.actor.ID, id)
		return nil
	})
}

// picture is what media_ids names: a picture that waits, or the one that the
// record has already.
func (c *call) picture(tx *store.Txn, has *store.Record) (*store.Image, error) {
	ids := c.ids("media_ids")
	if len(ids) == 0 {
		return nil, nil // no picture is none
	}
	if has != nil && has.Image != nil && ids[0] == has.ID {
		return has.Image, nil
	}
	u, err := tx.Upload(c.actor.ID, ids[0])
	if err != nil {
		return nil, invalid("Media not found")
	}
	return &u.Image, nil
}

// useUploads forgets the pictures that stand in a record now.
func (c *call) useUploads() error {
	ids := c.ids("media_ids")
	if len(ids) == 0 {
		return nil
	}
	return c.keep(func(tx *store.Txn) error {
		for _, id := range ids {
			tx.DeleteUpload(c.actor.ID, id)
		}
		return nil
	})
}

// againUploadable lets the picture of a record that is deleted wait again, under
// the id that the answer shows.
func (c *call) againUploadable(s *Status, r *store.Record) error {
	if r.Image == nil || len(s.MediaAttachments) == 0 {
		return nil
	}
	u := &store.Upload{ID: r.ID, Image: *r.Image}
	return c.keep(func(tx *store.Txn) error {
		tx.PutUpload(c.actor.ID, u)
		return nil
	})
}
