import (
	"fmt"
	"io"
	"os"
	"strings"
)

const blockSize = 8192

func TailLines(path string, count int) ([]string, error) {
	if count < 0 {
		return nil, fmt.Errorf("negative line count: %d", count)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()

	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	offset, err := tailOffset(file, size, count)
	if err != nil {
		return nil, err
	}
	tail, err := io.ReadAll(io.NewSectionReader(file, offset, size-offset))
	if err != nil || len(tail) == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(tail), "\n"), "\n"), nil
}

func tailOffset(file io.ReaderAt, size int64, count int) (int64, error) {
	if count == 0 {
		return size, nil
	}
	block := make([]byte, blockSize)
	position := size - 1
	for position > 0 {
		if position < int64(len(block)) {
			block = block[:position]
		}
		position -= int64(len(block))
		if _, err := file.ReadAt(block, position); err != nil {
			return 0, err
		}
		for i := len(block) - 1; i >= 0; i-- {
			if block[i] != '\n' {
				continue
			}
			if count--; count == 0 {
				return position + int64(i) + 1, nil
			}
		}
	}
	return 0, nil
}
