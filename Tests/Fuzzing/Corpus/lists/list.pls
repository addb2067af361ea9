[playlist]
File1=/x/a.mp3
Title1=A - B
Length1=200
