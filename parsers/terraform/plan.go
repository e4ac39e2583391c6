package terraform

func transcode(text []byte) ([]byte, bool)         { return text, false }
func (l *loader) plan(name string, paths []string) {}
