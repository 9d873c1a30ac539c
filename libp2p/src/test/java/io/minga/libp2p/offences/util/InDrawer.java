package io.minga.libp2p.offences.util;

interface InDrawer {}
