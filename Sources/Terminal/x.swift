public enum TModule {}
