include cross-build.mk
