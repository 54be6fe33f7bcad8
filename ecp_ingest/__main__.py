from ecp_ingest.cli.main import main

if __name__ == "__main__":
    main()
