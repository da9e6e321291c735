from tests.screenshots.make import main

main()
