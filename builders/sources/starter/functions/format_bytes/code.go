import "fmt"

var binaryUnits = []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

func FormatBytes(count int64) (string, error) {
	if count < 0 {
		return "", fmt.Errorf("byte count must not be negative: %d", count)
	}
	if count < 1024 {
		return fmt.Sprintf("%d B", count), nil
	}

	bytes, size, index := uint64(count), uint64(1024), 0
	for roundToTenths(bytes, size) >= 10240 {
		size *= 1024
		index++
	}
	tenths := roundToTenths(bytes, size)
	return fmt.Sprintf("%d.%d %s", tenths/10, tenths%10, binaryUnits[index]), nil
}

func roundToTenths(bytes, size uint64) uint64 {
	return bytes/size*10 + (bytes%size*10+size/2)/size
}
