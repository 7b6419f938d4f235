package sheet

// Read reads a file of any of the formats. It answers *Malformed.
func Read(data []byte) (*Sheet, error) {
	if len(data) > MaxBytes {
		return nil, &Malformed{Reason: "too-large"}
	}
	return readCSV(data)
}
