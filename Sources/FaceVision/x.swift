public enum FaceVisionModule {}
