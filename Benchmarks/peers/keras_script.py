"""One epoch as the emotion demos train it: class folders, ImageDataGenerator, `model.fit` with validation; no augmentation.

Usage: python keras_script.py FOLDER THREADS. Prints the seconds of the epoch, tracing and start of the program excluded.
"""

import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[2]))
tf.config.threading.set_inter_op_parallelism_threads(1)
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from networks import documented

folder = sys.argv[1]


def pictures(part):
    return ImageDataGenerator(rescale=1 / 255).flow_from_directory(
        os.path.join(folder, part), target_size=(48, 48), batch_size=64, color_mode="grayscale",
        class_mode="categorical")


train, validation = pictures("train"), pictures("test")
model = documented()
model.compile(loss="categorical_crossentropy", optimizer=tf.keras.optimizers.Adam(0.0001), metrics=["accuracy"])
x, y = next(train)
model.fit(x, y, validation_data=(x, y), epochs=1, verbose=0)
start = time.perf_counter()
model.fit(
    train, steps_per_epoch=train.n // 64, epochs=1, validation_data=validation,
    validation_steps=validation.n // 64, verbose=0)
print("seconds", time.perf_counter() - start, flush=True)
