package main

import (
	"errors"
	"fmt"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// explain puts what is wrong with an answer into words; other errors are as they
// were.
func explain(err error) error {
	field, ok := errors.AsType[*store.FieldError](err)
	if !ok {
		return err
	}
	words, broken := assets.NewCatalog()
	if broken != nil {
		return errors.Join(err, broken)
	}
	return fmt.Errorf("%s: %s", field.Field, words.T("en", field.Reason, field.Args))
}
