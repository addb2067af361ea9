public enum ERModule {}
