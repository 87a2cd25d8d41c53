#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

constexpr std::streamoff kBlockSize = 8192;

std::streamoff tail_offset(std::istream &in, long count) {
    in.seekg(0, std::ios::end);
    const std::streamoff size = in.tellg();
    if (count == 0) {
        return size;
    }

    std::array<char, kBlockSize> block;
    std::streamoff position = size - 1;
    while (position > 0) {
        const std::streamoff length = std::min(kBlockSize, position);
        position -= length;
        in.seekg(position);
        if (!in.read(block.data(), length)) {
            throw std::runtime_error("cannot read the file");
        }
        for (std::streamoff i = length - 1; i >= 0; --i) {
            if (block[i] == '\n' && --count == 0) {
                return position + i + 1;
            }
        }
    }
    return 0;
}

std::vector<std::string> tail_lines(const std::string &path, long count) {
    if (count < 0) {
        throw std::invalid_argument("count must not be negative");
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw std::runtime_error("cannot open " + path);
    }

    if (!in.seekg(tail_offset(in, count))) {
        throw std::runtime_error("cannot seek in " + path);
    }
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    if (in.bad()) {
        throw std::runtime_error("cannot read " + path);
    }
    return lines;
}
