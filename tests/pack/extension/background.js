// Lets the test find the id of the extension.
