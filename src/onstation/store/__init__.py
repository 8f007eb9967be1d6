"""What is kept: raw documents, the ledger of questions and answers, missions derived."""
