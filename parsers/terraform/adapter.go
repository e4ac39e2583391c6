package terraform

func (i *instance) adapterOf(source string, call *block) *module { return nil }
