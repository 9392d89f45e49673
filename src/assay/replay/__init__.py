"""Production simulated on dated records: what would a model have been worth under each policy of retraining?"""
