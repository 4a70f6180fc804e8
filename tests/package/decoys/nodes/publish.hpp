#error "the library included a header of the application"
