package mastodon

import (
	"errors"
	"math"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
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
	img.Focus = focusOf(c.str("focus"))
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

// focusOf is the point that a cut picture keeps, written as "x,y"; the middle for
// anything else.
func focusOf(text string) [2]float64 {
	first, second, _ := strings.Cut(text, ",")
	x, errX := strconv.ParseFloat(first, 64)
	y, errY := strconv.ParseFloat(second, 64)
	if errX != nil || errY != nil || !(math.Abs(x) <= 1 && math.Abs(y) <= 1) {
		return [2]float64{}
	}
	return [2]float64{x, y}
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
		if c.r.Method != http.MethodPut {
			return nil
		}
		if c.has("description") {
			u.Image.Alt = alt
		}
		if c.has("focus") {
			u.Image.Focus = focusOf(c.str("focus"))
		}
		tx.PutUpload(c.actor.ID, u)
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

// picture gives a record the pictures that media_ids names, of those that wait and
// those that it has already, with the words that media_attributes has for them.
func (c *call) picture(tx *store.Txn, r *store.Record) error {
	has := picturesOf(r)
	r.Image, r.Pictures = nil, nil
	for _, id := range c.ids("media_ids") {
		img := store.Image{}
		if at := int64(id) - int64(r.ID); r.ID != 0 && at >= 0 && at < int64(len(has)) {
			img = has[at]
		} else if u, err := tx.Upload(c.actor.ID, id); err == nil {
			img = u.Image
		} else {
			return invalid("Media not found")
		}
		if err := c.describe(id, &img); err != nil {
			return err
		}
		if r.Image == nil {
			r.Image = &img
			continue
		}
		r.Pictures = append(r.Pictures, img)
	}
	return nil
}

// describe gives a picture the words and the focus that media_attributes has for it.
func (c *call) describe(id store.ID, img *store.Image) error {
	for _, row := range c.rows("media_attributes") {
		if row["id"] != id.String() {
			continue
		}
		if alt, ok := row["description"]; ok {
			img.Alt = alt
		}
		if focus, ok := row["focus"]; ok {
			img.Focus = focusOf(focus)
		}
	}
	return checkAlt(img.Alt)
}

// describePictures is describe for the pictures that a record has.
func (c *call) describePictures(r *store.Record) error {
	pictures := picturesOf(r)
	for i := range pictures {
		if err := c.describe(r.ID+store.ID(i), &pictures[i]); err != nil {
			return err
		}
	}
	if len(pictures) > 0 {
		r.Image, r.Pictures = &pictures[0], pictures[1:]
	}
	return nil
}

// picturesOf are all pictures of a record; the id of one is that of the record and
// its place.
func picturesOf(r *store.Record) []store.Image {
	if r.Image == nil {
		return nil
	}
	return append([]store.Image{*r.Image}, r.Pictures...)
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

// againUploadable lets the pictures of a record that is deleted wait again, under
// the ids that the answer shows.
func (c *call) againUploadable(r *store.Record) error {
	return c.keep(func(tx *store.Txn) error {
		for i, img := range picturesOf(r) {
			tx.PutUpload(c.actor.ID, &store.Upload{ID: r.ID + store.ID(i), Image: img})
		}
		return nil
	})
}
